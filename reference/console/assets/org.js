/** Which org is looked at: `?org=` in the page's address, so that a reload, a link and the back button keep it. */

/** `undefined` for the default org. */
export function chosenOrg() {
  return new URLSearchParams(location.search).get("org") || undefined;
}

/** What a request takes that is for the chosen org. */
export function inOrg(fields = {}) {
  const orgId = chosenOrg();
  return orgId === undefined ? fields : { ...fields, orgId };
}

/** The address of a page (`#/inbox`) in an org. */
export function addressIn(orgId, hash) {
  return `${location.pathname}${orgId === undefined ? "" : `?org=${encodeURIComponent(orgId)}`}${hash}`;
}
