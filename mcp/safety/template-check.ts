/**
 * Looks a template up before it is sent, where the API lists templates: a wrong name, language or number of values is
 * found before the customer's phone number is charged for it.
 */
import {
  findSlotMismatch,
  findTemplateBody,
  isTemplateBody,
  listTemplateSlots,
  listTemplateVariables,
  type Template,
  type TemplateComponent,
} from "../../src/api/index.ts";
import type { OnSync } from "../../src/client/index.ts";
import { sanitizeLine } from "../answers/customer-text.ts";

const maxListAgeMs = 5 * 60_000;

export type TemplateSend = {
  template: string;
  language: string;
  parameters: readonly string[];
  components?: readonly TemplateComponent[];
};

function describeTemplates(templates: readonly Template[]) {
  const names = templates.slice(0, 10).map(({ name, language }) => sanitizeLine(`${name} (${language})`));
  return `${names.join(", ")}${templates.length > 10 ? ` and ${templates.length - 10} more` : ""}`;
}

/** The approved template of that name and language, or in a sentence why there is none. */
function findApproved(
  templates: readonly Template[],
  { template, language }: Pick<TemplateSend, "template"> & { language?: string },
): { found: Template } | { problem: string } {
  const named = templates.filter(({ name }) => name === template);
  if (named.length === 0)
    return {
      problem: `There is no template ${JSON.stringify(template)}. There are: ${describeTemplates(templates)}.`,
    };
  const found = language === undefined ? named[0] : named.find((each) => each.language === language);
  if (!found)
    return {
      problem: `Template ${template} is not there in language ${JSON.stringify(language)}. There is: ${describeTemplates(named)}.`,
    };
  const status = sanitizeLine(String(found.status)).toLowerCase();
  return status === "approved"
    ? { found }
    : { problem: `Template ${template} (${found.language}) is ${status}: only approved ones can be sent.` };
}

/** What is wrong with the send, in one or two sentences; `undefined`: nothing that the list tells. */
export function findTemplateMismatch(templates: readonly Template[], send: TemplateSend): string | undefined {
  const approved = findApproved(templates, send);
  if ("problem" in approved) return approved.problem;
  const { found } = approved;
  const body = findTemplateBody(found) ?? "";
  const variables = listTemplateVariables(body);
  const { components = [] } = send;
  const inBody = send.parameters.length + (components.find(isTemplateBody)?.parameters ?? []).length;
  if (variables.length !== inBody) {
    return `Template ${send.template} (${send.language}) takes ${variables.length} parameters, and ${inBody} are given. Its text: ${JSON.stringify(sanitizeLine(body).slice(0, 500))}.`;
  }
  const slots = listTemplateSlots(found).filter(({ part }) => part !== "body");
  const mismatch = findSlotMismatch(
    slots,
    components.filter((component) => !isTemplateBody(component)),
  );
  return (
    mismatch && `Template ${send.template} (${send.language}): ${sanitizeLine(mismatch)}. Give that in components.`
  );
}

/** @returns checks a send; the list is kept for five minutes, and read again before anything is refused by it */
export function createTemplateCheck(onsync: OnSync, now: () => number) {
  let lastRead: { templates: readonly Template[] | null; at: number } | undefined;

  const readTemplates = async (signal: AbortSignal | undefined) => {
    let templates: readonly Template[] | null = null;
    try {
      templates = (await onsync.templates.list({ platform: "whatsapp" }, { signal, deadlineMs: 5_000 })).data;
    } catch {
      // No list, no check: the extension may be missing, the key may not read it. OnSync decides then.
    }
    lastRead = { templates, at: now() };
    return lastRead;
  };

  const findProblem = async (
    find: (templates: readonly Template[]) => string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> => {
    const recent = lastRead && now() - lastRead.at < maxListAgeMs ? lastRead : undefined;
    let { templates } = recent ?? (await readTemplates(signal));
    // An empty list says that none is registered where it is kept, not that WhatsApp has none.
    if (!templates?.length) return undefined;
    const problem = find(templates);
    if (problem === undefined || !recent) return problem;
    ({ templates } = await readTemplates(signal));
    return templates?.length ? find(templates) : undefined;
  };

  return Object.assign(
    (send: TemplateSend, signal?: AbortSignal) =>
      findProblem((templates) => findTemplateMismatch(templates, send), signal),
    {
      /** Has the list from an answer to the agent: it need not be read for the next send. */
      keep(templates: readonly Template[]): void {
        lastRead = { templates: templates.filter((each) => (each?.platform ?? "whatsapp") === "whatsapp"), at: now() };
      },
      /** The same before its values are known. */
      byName: (template: string, language: unknown, signal?: AbortSignal) =>
        findProblem((templates) => {
          const found = findApproved(templates, { template, ...(typeof language === "string" && { language }) });
          return "problem" in found ? found.problem : undefined;
        }, signal),
    },
  );
}

export type TemplateCheck = ReturnType<typeof createTemplateCheck>;
