/** The tools that the official conformance suite asks a server of revision 2026-07-28 for, beside those of `tools.ts`. */
import {
  acceptedContent,
  createRequestStateCodec,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from "@modelcontextprotocol/server";

const codec = createRequestStateCodec({ key: "the suite's fixtures, which keep no secret" });

/** For the server: a state that it did not give out is refused before a tool sees it. */
export const verifyState = codec.verify;

export function text(words: string) {
  return { content: [{ type: "text" as const, text: words }] };
}

function ask(message: string, field: string, type: "string" | "boolean" = "string") {
  const schema = type === "string" ? { type: "string" as const } : { type: "boolean" as const };
  return inputRequired.elicit({
    message,
    requestedSchema: { type: "object", properties: { [field]: schema }, required: [field] },
  });
}

function sample(words: string, maxTokens: number) {
  const messages = [{ role: "user" as const, content: { type: "text" as const, text: words } }];
  return inputRequired.createMessage({ messages, maxTokens });
}

const name = ask("What is your name?", "name");
const context = ask("What context should the prompt use?", "context");

/** Asks until all has been answered; `finish` makes of the answers what is told. */
function askFor(requests: InputRequests, finish: (responses: Record<string, unknown>) => string, withState = false) {
  return async ({ mcpReq }: ServerContext): Promise<InputRequiredResult | ReturnType<typeof text>> => {
    const responses = mcpReq.inputResponses ?? {};
    const isAnswered = Object.keys(requests).every((key) => {
      const response = inputResponse(responses, key);
      return response.kind !== "missing" && (response.kind !== "elicit" || response.content !== undefined);
    });
    if (isAnswered) return text(finish(responses));
    return inputRequired({
      inputRequests: requests,
      ...(withState && { requestState: await codec.mint({ asked: Object.keys(requests) }) }),
    });
  };
}

async function askInTwoRounds({ mcpReq }: ServerContext) {
  const first = acceptedContent<{ name?: string }>(mcpReq.inputResponses, "step1");
  const second = acceptedContent<{ color?: string }>(mcpReq.inputResponses, "step2");
  if (second) return text(`Both steps are done: ${second.color}.`);
  return first
    ? inputRequired({
        inputRequests: { step2: ask("Step 2: What is your favorite color?", "color") },
        requestState: await codec.mint({ round: 2, name: first.name }),
      })
    : inputRequired({
        inputRequests: { step1: ask("Step 1: What is your name?", "name") },
        requestState: await codec.mint({ round: 1 }),
      });
}

/** Asks what the client says that it can be asked. */
async function askWhatIsOffered({ mcpReq }: ServerContext) {
  const { "io.modelcontextprotocol/clientCapabilities": offered = {} } = (mcpReq.envelope ?? {}) as {
    "io.modelcontextprotocol/clientCapabilities"?: { elicitation?: object; sampling?: object };
  };
  const inputRequests = {
    ...(offered.elicitation && { user_name: name }),
    ...(offered.sampling && { greeting: sample("Generate a greeting", 50) }),
  };
  return Object.keys(inputRequests).length > 0 ? inputRequired({ inputRequests }) : text("Nothing can be asked.");
}

export const modernTools: Record<string, (request: ServerContext) => Promise<object>> = {
  test_input_required_result_elicitation: askFor({ user_name: name }, (responses) => {
    return `Hello, ${acceptedContent<{ name?: string }>(responses, "user_name")?.name}!`;
  }),
  test_input_required_result_sampling: askFor(
    { capital_question: sample("What is the capital of France?", 100) },
    ({ capital_question }) => JSON.stringify(capital_question),
  ),
  test_input_required_result_list_roots: askFor({ client_roots: inputRequired.listRoots() }, ({ client_roots }) =>
    JSON.stringify(client_roots),
  ),
  test_input_required_result_request_state: askFor(
    { confirm: ask("Please confirm", "ok", "boolean") },
    () => "state-ok",
    true,
  ),
  test_input_required_result_multiple_inputs: askFor(
    { user_name: name, greeting: sample("Generate a greeting", 50), client_roots: inputRequired.listRoots() },
    (responses) => JSON.stringify(responses),
    true,
  ),
  test_input_required_result_multi_round: askInTwoRounds,
  test_input_required_result_tampered_state: askFor(
    { confirm: ask("Please confirm", "ok", "boolean") },
    () => "Confirmed.",
    true,
  ),
  test_input_required_result_capabilities: askWhatIsOffered,
  // What a client has to be able to do is found where it is asked: the answer names what it lacks.
  test_missing_capability: async () => inputRequired({ inputRequests: { greeting: sample("Say hello", 50) } }),
  test_streaming_elicitation: askFor({ user_name: name }, () => "Done."),
  test_logging_tool: async ({ mcpReq }) => {
    await mcpReq.log("info", "A line of the log.");
    return text("Logged.");
  },
};

/** As a prompt asks. */
export const askForContext = askFor({ user_context: context }, (responses) =>
  String(acceptedContent<{ context?: string }>(responses, "user_context")?.context),
);
