/** Tells the client's errors apart by name, which works across bundles and realms where `instanceof` does not. */
import type {
  ApiError,
  AuthenticationError,
  DuplicateError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ServerError,
  ValidationError,
  WindowClosedError,
} from "./api-errors.ts";
import type {
  ConnectionError,
  ExtensionUnavailableError,
  ReferenceConflictError,
  SignatureError,
  TimeoutError,
  UnknownOutcomeError,
} from "./call-errors.ts";
import type { OnSyncError } from "./onsync-error.ts";

type ApiErrors = {
  ApiError: ApiError;
  ValidationError: ValidationError;
  AuthenticationError: AuthenticationError;
  PermissionError: PermissionError;
  NotFoundError: NotFoundError;
  DuplicateError: DuplicateError;
  WindowClosedError: WindowClosedError;
  RateLimitError: RateLimitError;
  ServerError: ServerError;
};
type Errors = ApiErrors & {
  OnSyncError: OnSyncError;
  ConnectionError: ConnectionError;
  TimeoutError: TimeoutError;
  UnknownOutcomeError: UnknownOutcomeError;
  ReferenceConflictError: ReferenceConflictError;
  ExtensionUnavailableError: ExtensionUnavailableError;
  SignatureError: SignatureError;
};
export type OnSyncErrorName = keyof Errors;

// The records below list every name: leaving one out does not compile.
const apiErrors: Record<keyof ApiErrors, true> = {
  ApiError: true,
  ValidationError: true,
  AuthenticationError: true,
  PermissionError: true,
  NotFoundError: true,
  DuplicateError: true,
  WindowClosedError: true,
  RateLimitError: true,
  ServerError: true,
};
const allErrors: Record<OnSyncErrorName, true> = {
  ...apiErrors,
  OnSyncError: true,
  ConnectionError: true,
  TimeoutError: true,
  UnknownOutcomeError: true,
  ReferenceConflictError: true,
  ExtensionUnavailableError: true,
  SignatureError: true,
};

/** An error of this client, whichever bundle made it. (`TimeoutError` alone is also a DOMException's name.) */
export function isOnSyncError(error: unknown): error is OnSyncError {
  return (
    typeof error === "object" &&
    error !== null &&
    "name" in error &&
    typeof error.name === "string" &&
    Object.hasOwn(allErrors, error.name) &&
    "advice" in error &&
    "retryable" in error
  );
}

/** An error that came as an answer with a status. */
export function isApiError(error: unknown): error is ApiError {
  return isOnSyncError(error) && Object.hasOwn(apiErrors, error.name);
}

/** One error by its name: `isErrorNamed(error, "RateLimitError") && error.retryAfterMs`. */
export function isErrorNamed<Name extends OnSyncErrorName>(error: unknown, name: Name): error is Errors[Name] {
  return isOnSyncError(error) && error.name === name;
}
