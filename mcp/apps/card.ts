/** What an approval card in the chat is given: the whole message, and what lets it decide. */
import { getInput, type ProposalStatus } from "../../src/proposals/proposal.ts";
import { removeHiddenCharacters, splitHiddenCharacters } from "../../src/visible-text.ts";

/** For `_meta`, which hosts keep from models. */
export function createCard(status: ProposalStatus) {
  const { id, cardToken } = status.proposal;
  const { platform, to, ...fields } = getInput(status);
  return {
    proposalId: id,
    token: cardToken,
    to: splitHiddenCharacters(`${platform}: ${to}`),
    fields: Object.entries(fields)
      .filter(([, value]) => !(Array.isArray(value) && value.length === 0))
      .map(([name, value]) => ({
        name,
        parts: splitHiddenCharacters(typeof value === "string" ? value : JSON.stringify(value, null, 2)),
      })),
    /** What editing begins with; `null`: there is no text to edit. */
    content: typeof fields.content === "string" ? removeHiddenCharacters(fields.content) : null,
  };
}
