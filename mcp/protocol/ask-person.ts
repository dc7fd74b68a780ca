/**
 * Asks the person at the host. In the era of sessions the question is a request of the server's, in the middle of the
 * call. Since 2026-07-28 it is the call's result, `input_required`: the host asks, and repeats the call with the answer.
 * Nothing is kept meanwhile, so that any replica takes the answer.
 */
import {
  type InputRequiredResult,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Confirmations } from "../safety/confirmations.ts";
import type { ToolContext } from "../tools/tool.ts";
import { type Era, getClientCapabilities } from "./era.ts";

/** Clients give a call 60 seconds unless told otherwise: the person's answer has to come before. */
const askTimeoutMs = 50_000;

/** The question's name among those of a call. */
const questionName = "send";

const form = {
  type: "object" as const,
  properties: { [questionName]: { type: "boolean" as const, title: "Send it" } },
  required: [questionName],
};

type Ask = NonNullable<ToolContext["ask"]>;
type Answer = Awaited<ReturnType<Ask>>;

/** Whether the host can show a question with its choices. One that can only open an address (`url`) cannot. */
function canShowForm(server: Server, context: ServerContext): boolean {
  const elicitation = getClientCapabilities(server, context)?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

function createQuestion(message: string) {
  return { method: "elicitation/create", params: { mode: "form", message, requestedSchema: form } } as const;
}

function toAnswer({ action, content }: { action?: string; content?: Record<string, unknown> | undefined }): Answer {
  return action === "accept" && content?.[questionName] === true ? "yes" : action === "cancel" ? "none" : "no";
}

async function askInSession({ mcpReq }: ServerContext, message: string): Promise<Answer> {
  try {
    const answer = await mcpReq.send(createQuestion(message), { timeout: askTimeoutMs, signal: mcpReq.signal });
    return toAnswer(answer);
  } catch {
    return "none";
  }
}

export type Questioner = {
  /** `undefined`: this host cannot ask. */
  ask: Ask | undefined;
  /** What to answer in place of the call's result, where a person has to be asked before it can go on. */
  getQuestion(): InputRequiredResult | undefined;
};

/**
 * @param boundTo all that an answer is good for, as a value of JSON: an answer to another call is none
 * @throws ProtocolError where the client brings a state that is not of this call
 */
export async function createQuestioner(
  server: Server,
  era: Era,
  context: ServerContext,
  confirmations: Confirmations,
  boundTo: unknown,
): Promise<Questioner> {
  if (!canShowForm(server, context)) return { ask: undefined, getQuestion: () => undefined };
  if (era === "legacy") return { ask: (message) => askInSession(context, message), getQuestion: () => undefined };

  const seal = ["asked", boundTo];
  const state = context.mcpReq.requestState();
  if (state !== undefined && !(await confirmations.check(String(state), seal)).ok)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, "requestState is not of this call, or has expired.");
  const response = inputResponse(context.mcpReq.inputResponses, questionName);
  let question: InputRequiredResult | undefined;
  return {
    ask: async (message) => {
      // An answer without the state was never asked for.
      if (state !== undefined && response.kind === "elicit") return toAnswer(response);
      question = {
        resultType: "input_required",
        inputRequests: { [questionName]: createQuestion(message) },
        requestState: confirmations.issue(seal).token,
      };
      return "asked";
    },
    getQuestion: () => question,
  };
}
