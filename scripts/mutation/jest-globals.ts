/** What tests import from `@jest/globals`, where npm run mutation runs them: declarations that `suite.ts` collects. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { declareBlock, declareHook, declareTest } from "./suite.ts";

type Step = (...parameters: unknown[]) => unknown;

const tools = join(import.meta.dirname, "../../test/mutation/node_modules");
const load = (path: string) => import(pathToFileURL(join(tools, path)).href);

export const { expect } = (await load("expect/build/index.mjs")) as { expect: unknown };
const { spyOn, fn, restoreAllMocks } = (await load("jest-mock/build/index.mjs")) as Record<string, unknown>;
export const jest = { spyOn, fn, restoreAllMocks, setTimeout: () => jest };

/** A row that is a list is spread, as jest does. */
const asParameters = (row: unknown): unknown[] => (Array.isArray(row) ? row : [row]);

const ignore = Object.assign(() => {}, { each: () => () => {} });

export const test = Object.assign((title: string, body: Step) => declareTest(title, body), {
  skip: ignore,
  each: (rows: Iterable<unknown>) => (title: string, body: Step) => {
    for (const row of rows) declareTest(title, () => body(...asParameters(row)));
  },
});

export const describe = Object.assign((_title: string, body: Step) => declareBlock(body), {
  skip: ignore,
  each: (rows: Iterable<unknown>) => (_title: string, body: Step) => {
    for (const row of rows) declareBlock(() => body(...asParameters(row)));
  },
});

export const beforeAll = (step: Step): void => declareHook("beforeAll", step);
export const beforeEach = (step: Step): void => declareHook("beforeEach", step);
export const afterEach = (step: Step): void => declareHook("afterEach", step);
export const afterAll = (step: Step): void => declareHook("afterAll", step);
