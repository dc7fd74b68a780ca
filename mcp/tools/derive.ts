/** A tool of an operation that needs no words of its own: the answer as data, and the same in one line of text. */
import type { Operation } from "../../src/operations/index.ts";
import type { Formatter } from "../answers/formatter.ts";
import { type Data, omitEmpty } from "../answers/summaries.ts";
import { defineTool, type Tool } from "./tool.ts";

/** Names of fields that carry ids and times, which a next call takes as they are. */
const idNames = /^id$|(?:Id|At)$/;
/** Names of fields by which a customer is reached. */
const addressNames = /^(?:phone|email|to|from|address)$/;
/** Names of fields that lead to the next page: they go back to the API letter for letter. */
const cursorNames = /cursor$|^nextBefore$/i;

function summarize(fields: Data, format: Formatter): Data {
  const exact = Object.entries(fields).flatMap(([name, value]) =>
    typeof value !== "string"
      ? []
      : cursorNames.test(name)
        ? [[name, value] as const]
        : idNames.test(name)
          ? [[name, format.id(value)] as const]
          : addressNames.test(name)
            ? [[name, format.address(value)] as const]
            : [],
  );
  return omitEmpty({ ...(format.json(fields) as Data), ...Object.fromEntries(exact) });
}

function isObject(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function deriveTool(operation: Operation): Tool {
  return defineTool(operation, {
    present: (answer, format) => {
      const { data: list, requestId: _requestId, timestamp: _timestamp, ...fields } = answer as Data;
      const { shown, more } = format.take<unknown>(Array.isArray(list) ? list : [], format.maxRows);
      const rows = Array.isArray(list)
        ? shown.map((item) => (isObject(item) ? summarize(item, format) : format.json(item)))
        : null;
      const data = {
        ...summarize(rows || list === undefined ? fields : { ...fields, data: list }, format),
        ...(rows && { data: rows, ...(more > 0 && { moreRows: more }) }),
      };
      return { data, text: `${operation.title}: ${JSON.stringify(data)}` };
    },
  });
}
