/** The connection that a request came by, where there is one: what its user's own server passes on with the request. */
import type { IncomingMessage, ServerResponse } from "node:http";

export type HttpBindings = { incoming: IncomingMessage; outgoing: ServerResponse };
