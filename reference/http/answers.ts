/** Answers: what a handler gives back, and the refusals it throws instead. */
import { type ErrorCode, type ErrorDetail, errorCodes, type TemplateWindowStatus } from "../../src/api/index.ts";

/** An answer as it goes out. */
export type WholeAnswer = { status: number; headers: Record<string, string>; text: string };

export type Answer = {
  status: number;
  /** Without the envelope. */
  body: Record<string, unknown>;
  headers?: Record<string, string>;
};

/** Refusals of the control API's own, beside the codes of the API. */
const ownStatuses = { forbidden: 403, control_token_required: 401 } as const;
export type RefusalCode = ErrorCode | keyof typeof ownStatuses;

/**
 * A request that is answered with an error. `message` is a sentence for the person who reads it; `details` says where.
 * Thrown by the in-process control functions too.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  readonly details: readonly ErrorDetail[] | undefined;
  readonly headers: Record<string, string>;
  readonly templateWindowStatus: TemplateWindowStatus | undefined;

  constructor(
    code: RefusalCode,
    message: string,
    more: {
      details?: readonly ErrorDetail[];
      headers?: Record<string, string>;
      templateWindowStatus?: TemplateWindowStatus;
    } = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status =
      code === "forbidden" || code === "control_token_required" ? ownStatuses[code] : errorCodes[code].status;
    this.details = more.details;
    this.headers = more.headers ?? {};
    this.templateWindowStatus = more.templateWindowStatus;
  }

  toAnswer(): Answer {
    return {
      status: this.status,
      headers: this.headers,
      body: {
        error: { code: this.code, message: this.message, details: this.details },
        templateWindowStatus: this.templateWindowStatus,
      },
    };
  }
}

/** A message that already reads on from the field's name: "phone must be …". */
const continuesName = /^(must|is|are|has|may|needs|belongs|cannot)\b/;

/** 400 `validation_failed`: the sentence names the first field and the fix, `details` names all. */
export function invalidRequest(details: readonly ErrorDetail[]): Refusal {
  const first = details[0];
  const field = first?.path.join(".") ?? "";
  const finding = first?.message ?? "The request is invalid.";
  const message =
    field === ""
      ? continuesName.test(finding)
        ? `The body ${finding}`
        : finding
      : continuesName.test(finding)
        ? `${field} ${finding}`
        : `${field}: ${finding}`;
  return new Refusal("validation_failed", message, { details });
}

export function invalidField(path: (string | number)[], message: string): Refusal {
  return invalidRequest([{ path, code: "custom", message }]);
}

function shortenId(id: string): string {
  return id.length > 100 ? `${id.slice(0, 100)}…` : id;
}

/** Of what belongs to no org, or is looked for in all of them. */
export function unknownId(what: string, id: string): Refusal {
  return new Refusal("not_found", `There is no ${what} ${shortenId(id)}.`);
}

export function notFound(what: string, id: string): Refusal {
  return new Refusal("not_found", `There is no ${what} ${shortenId(id)} in this org.`);
}
