/**
 * Zod compiles what checks an object where it is used first, which takes longer than a session's few messages are checked in
 * without. What is started anew for each session imports this before anything that makes schemas.
 */
import * as z from "zod";

z.config({ jitless: true });
