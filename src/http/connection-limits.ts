/**
 * What every server here allows a connection: one that sends its headers or its body byte by byte, or never ends them, is
 * closed. Answers may take as long as they like, so streams stay open.
 */

/** Options of `node:http`'s servers, in milliseconds. */
export const connectionLimits = {
  /** From the connection, or the request before, to the end of the headers. */
  headersTimeout: 10_000,
  /** The same to the end of the body. */
  requestTimeout: 20_000,
  /** How late either is noticed at most. */
  connectionsCheckingInterval: 1000,
};
export type ConnectionLimits = typeof connectionLimits;

/** Connections of one server at a time; those above are closed at once. */
export const mostConnections = 2000;
