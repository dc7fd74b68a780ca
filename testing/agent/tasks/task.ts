/** What a task is, and what policies and oracles of several tasks share. */
import type { Reference } from "../../../reference/index.ts";
import { ModelAnswer } from "../model.ts";
import type { Agent, Row } from "../server.ts";

export type Task = {
  name: string;
  /** What a real model is told. */
  prompt: string;
  /**
   * The fewest requests that any client could do it with, by the contract of the API: lists of 100 a page, which know
   * neither tags nor texts, no conditional write, a request a message. Nothing is known beforehand but the prompt.
   */
  leastRequests: number;
  /** Why it takes more requests than that. */
  whyMore?: string;
  /** What else there is in the account. */
  prepare?(reference: Reference): Promise<unknown>;
  /** What happens after the first call, where the task is to wait for it: a receiver keeps the events. */
  afterFirstCall?(reference: Reference): Promise<unknown>;
  /** The scripted policy. */
  run(agent: Agent): Promise<unknown>;
  isRight(answer: unknown, reference: Reference): boolean | Promise<boolean>;
};

/** Without the fence around what customers wrote. */
export function toPlain(text: unknown): string {
  return String(text ?? "").replace(/<\/?customer-\w+>/g, "");
}

export function toRows(answer: Row): Row[] {
  return (answer.data as Row[] | undefined) ?? [];
}

/** A contact's tags. */
export function readTags({ tags = [] }: Row): string[] {
  return (tags as string[]).map(toPlain);
}

/** Whether a policy's answer is exactly this, or a model's text has all of it. */
export function isAnswer(answer: unknown, expected: string[]): boolean {
  return answer instanceof ModelAnswer
    ? expected.every((word) => answer.text.includes(word))
    : JSON.stringify(answer) === JSON.stringify(expected);
}

/** @param args the conversation, and how it is read. Its messages, newest first, page by page until one is as wanted, or all. */
export async function readBack(
  agent: Agent,
  args: object,
  isLast: (message: Row) => boolean = () => false,
): Promise<Row[]> {
  const messages: Row[] = [];
  for (let before: unknown; ; ) {
    const page = await agent.call("list_messages", {
      ...args,
      limit: 100,
      ...(before !== undefined && { before }),
    });
    messages.push(...toRows(page));
    before = page.nextBefore;
    if (before === undefined || before === null || toRows(page).some(isLast)) return messages;
  }
}
