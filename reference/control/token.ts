/** The control API's own token, without which nobody plays the customer, moves the clock or breaks answers: not even from this machine. */
import { hasBearerToken } from "../../src/http/token.ts";
import { Refusal } from "../http/answers.ts";
import { generateText } from "../inbox/keys.ts";

export function generateControlToken(): string {
  return `onsync_control_${generateText(32)}`;
}

/** @throws Refusal 401 */
export function requireControlToken(request: Request, token: string, name: string): void {
  if (hasBearerToken(request.headers.get("authorization"), token)) return;
  throw new Refusal(
    "control_token_required",
    `${name} asks for the control token, which was printed at start (ONSYNC_CONTROL_TOKEN sets it). Send it as the header \`Authorization: Bearer TOKEN\`.`,
    { headers: { "WWW-Authenticate": "Bearer" } },
  );
}
