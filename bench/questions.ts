/** The questions, in the order in which the page answers them. */
import { agent } from "./agent.ts";
import { client } from "./client/index.ts";
import { data } from "./data/index.ts";
import { importPlan } from "./data/plan.ts";
import { growthClients } from "./growth/clients.ts";
import { growthEvents } from "./growth/events.ts";
import { growthConversations, growthRows } from "./growth/rows.ts";
import type { Question } from "./harness/question.ts";
import { mcpHttp } from "./mcp/http.ts";
import { mcp } from "./mcp/stdio.ts";
import { receiver } from "./receiver/accepts.ts";
import { hanging } from "./receiver/hanging.ts";
import { handOn } from "./receiver/latency.ts";
import { verify } from "./receiver/verify.ts";
import { referenceHttp } from "./reference-http/index.ts";
import { zapier } from "./zapier/index.ts";

export const questions: readonly Question[] = [
  ...[client, referenceHttp, receiver, verify, handOn, hanging, mcp, mcpHttp, zapier],
  ...[growthRows, growthClients, growthConversations, growthEvents],
  ...[data, importPlan, agent],
];
