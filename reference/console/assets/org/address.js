/** Which org is looked at: `?org=` in the page's address, so that a reload, a link and the back button keep it. */

/** `undefined` for the default org. */
export function getChosenOrgId() {
  return new URLSearchParams(location.search).get("org") || undefined;
}

/** What a request takes that is for the chosen org. */
export function withOrg(fields = {}) {
  const orgId = getChosenOrgId();
  return orgId === undefined ? fields : { ...fields, orgId };
}

/** The address of a page (`#/inbox`) in an org. */
export function toAddress(orgId, hash) {
  return `${location.pathname}${orgId === undefined ? "" : `?org=${encodeURIComponent(orgId)}`}${hash}`;
}
