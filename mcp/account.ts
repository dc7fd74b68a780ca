/** All that an assistant gets of one OnSync account. It outlives sessions and HTTP requests. */
import { type Complete, createCompletion } from "./completion.ts";
import { createPrompts, type Prompts } from "./prompts.ts";
import { createResources, type Resources } from "./resources.ts";
import { createToolbox, type McpOptions, type Toolbox } from "./toolbox.ts";

export type Account = { tools: Toolbox; resources: Resources; prompts: Prompts; complete: Complete };

export const createAccount = (options: McpOptions): Account => {
  const tools = createToolbox(options);
  return {
    tools,
    resources: createResources(tools),
    prompts: createPrompts(tools),
    complete: createCompletion(tools, options.now ?? Date.now),
  };
};
