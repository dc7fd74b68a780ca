/** The error codes of the MCP Events extension. */
export const eventCodes = {
  /** No such event, or no such subscription: `data.kind` says which. */
  notFound: -32011,
  /** The caller may not have these events, or is nobody. */
  forbidden: -32012,
  /** Too many of something: `data.limit` says of what. */
  exhausted: -32013,
  /** Something that is not offered here: `data.feature` and `data.value` say what. */
  unsupported: -32014,
  /** The address to deliver to does not answer as it must: `data.reason` says how it failed. */
  callbackEndpoint: -32015,
} as const;
