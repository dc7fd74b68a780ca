/**
 * Params that are not what the protocol says. Of all requests but `tools/call` the SDK throws what its schemas found as an
 * error without a code, which is told to hosts as an internal error, with the findings as JSON. It is the caller's mistake.
 */
import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";

const maxFindings = 5;
const maxFindingLength = 200;

type Finding = { path: (string | number)[]; message: string };

/** The findings in an error's message; `null`: it is another error. */
function readFindings(message: string): Finding[] | null {
  if (!message.startsWith("[")) return null;
  try {
    const findings = JSON.parse(message) as Finding[];
    return findings.length > 0 &&
      findings.every(({ path, message: text }) => Array.isArray(path) && typeof text === "string")
      ? findings
      : null;
  } catch {
    return null;
  }
}

/** @returns the error to answer with: the same one where it is not about the params */
export function blameParams(method: string, error: unknown): unknown {
  const findings = error instanceof Error && !(error instanceof ProtocolError) ? readFindings(error.message) : null;
  if (!findings) return error;
  const sentences = findings
    .slice(0, maxFindings)
    .map(({ path, message }) => `${path.join(".")}: ${message}`.slice(0, maxFindingLength));
  return new ProtocolError(ProtocolErrorCode.InvalidParams, `Invalid params for ${method}: ${sentences.join("; ")}`);
}
