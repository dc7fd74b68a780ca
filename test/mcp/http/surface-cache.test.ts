/** The surfaces of the keys used last. */
import { expect, test } from "@jest/globals";
import { createSurfaceCache } from "../../../mcp/http/surface-cache.ts";

test("the surfaces of the keys used last are kept, a bounded number", () => {
  const made: string[] = [];
  const surfaces = createSurfaceCache((key) => made.push(key) && { key }, 2);
  for (const key of ["a", "b", "a", "c", "a", "b"]) expect(surfaces.forKey(key)).toEqual({ key });
  expect(made).toEqual(["a", "b", "c", "b"]);
  expect(surfaces.size).toBe(2);
});
