/** What an answer says about the org's budget. */
export type RateLimit = {
  /** Requests the budget holds. */
  limit: number | null;
  remaining: number | null;
  /** When it is said to be full again, ISO 8601. */
  resetAt: string | null;
};
