/** The one rule for Host and Origin, tried with names that nobody means well with. */
import { describe, expect, test } from "@jest/globals";
import { type AccessRule, findRefusedHeader } from "../../src/http/access.ts";
import { classifyAddress } from "../../src/http/addresses.ts";
import { isLoopback } from "../../src/http/loopback.ts";
import { hasBearerToken } from "../../src/http/token.ts";

function knock(headers: Record<string, string>, rule: AccessRule = {}, url = "http://127.0.0.1:4010/v1/me") {
  return findRefusedHeader({ url, headers: { get: (name) => headers[name] ?? null } }, rule);
}

describe("Host", () => {
  test.each(["localhost", "LOCALHOST:4010", "127.0.0.1", "127.9.9.9:1", "[::1]:4010", "127.1", "2130706433"])(
    "%s is this machine",
    (host) => expect(knock({ host })).toBeUndefined(),
  );

  test.each([
    "evil.example",
    "evil.example:4010",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1.nip.io",
    "localhost@evil.example",
    "evil.example#localhost",
    "evil.example/localhost",
    "evil.example\\localhost",
    "localhost evil.example",
    "10.0.0.7",
    "[fe80::1]",
    "[::ffff:10.0.0.7]",
    "0.0.0.0",
    "localhostt",
    "",
    " ",
    "xn--ocalhost-y5e",
  ])("%j is refused", (host) => expect(knock({ host })).toBe("Host"));

  test("the target does not stand in for the header, nor the header for the target", () => {
    expect(knock({ host: "evil.example" })).toBe("Host");
    expect(knock({ host: "127.0.0.1" }, {}, "http://evil.example/v1/me")).toBe("Host");
    expect(knock({}, {}, "http://evil.example/v1/me")).toBe("Host");
  });

  test("the address listened on is taken beside the loopback's, and no other is", () => {
    const rule = { listening: "10.0.0.7" };
    expect(knock({ host: "10.0.0.7:4010" }, rule)).toBeUndefined();
    expect(knock({ host: "localhost" }, rule)).toBeUndefined();
    expect(knock({ host: "10.0.0.8" }, rule)).toBe("Host");
    expect(knock({ host: "[fd00::2]:1" }, { listening: "fd00::2" })).toBeUndefined();
  });

  test.each(["0.0.0.0", "::"])(
    "on all addresses (%s) a server whose key may be known takes no name of others",
    (listening) => {
      const rule = { listening, names: ["OnSync.lan"] };
      for (const host of ["10.0.0.7:4010", "[fd00::2]", "reference:4010", "onsync.lan", "localhost"]) {
        expect([host, knock({ host }, rule)]).toEqual([host, undefined]);
      }
      for (const host of ["evil.example", "evil.example:4010", "10.0.0.7.nip.io", "evil.", "a.b"]) {
        expect([host, knock({ host }, rule)]).toEqual([host, "Host"]);
      }
    },
  );
});

describe("Origin", () => {
  const here = { host: "127.0.0.1:4010" };
  test.each(["http://localhost:5173", "https://127.0.0.1", "http://[::1]:1"])(
    "%s is a page of this machine",
    (origin) => {
      expect(knock({ ...here, origin })).toBeUndefined();
      expect(knock({ ...here, origin }, { origins: "own" })).toBe("Origin");
      expect(knock({ ...here, origin }, { origins: [] })).toBe("Origin");
    },
  );

  test.each([
    "null",
    "https://evil.example",
    "http://localhost.evil.example",
    "file://",
    "chrome-extension://localhost",
    "",
  ])("%j is refused", (origin) => expect(knock({ ...here, origin })).toBe("Origin"));

  test("a server's own origin is the one it was asked at", () => {
    expect(knock({ ...here, origin: "http://127.0.0.1:4010" }, { origins: "own" })).toBeUndefined();
    expect(knock({ ...here, origin: "http://127.0.0.1:4011" }, { origins: "own" })).toBe("Origin");
    expect(knock({ ...here, origin: "https://127.0.0.1:4010" }, { origins: "own" })).toBe("Origin");
  });
});

test("every IPv4 address is of the same kind in all the forms that IPv6 has for it, or of none that may be reached", () => {
  // A generator with a fixed seed, and an oracle that reads the numbers by itself.
  let state = 17;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const first = [0, 10, 100, 127, 169, 172, 192, 198, 203, 8, 224, 255, 93];
  const isPrivate = ([a, b, c]: number[]): boolean =>
    a === 10 ||
    (a === 172 && (b as number) >> 4 === 1) ||
    (a === 192 && b === 168) ||
    (a === 100 && (b as number) >> 6 === 1) ||
    (a === 198 && (b as number) >> 1 === 9) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113) ||
    (a === 192 && b === 0 && (c === 0 || c === 2));
  for (let round = 0; round < 5000; round++) {
    const numbers = [first[next(first.length)] as number, next(256), next(256), next(256)];
    const address = numbers.join(".");
    const [a, b] = numbers as [number, number, number, number];
    const kind = classifyAddress(address);
    if (a === 127) expect([address, kind]).toEqual([address, "loopback"]);
    else if (a === 0 || a >= 224 || (a === 169 && b === 254)) expect([address, kind]).toEqual([address, "forbidden"]);
    else if (isPrivate(numbers)) expect(["private", "forbidden"]).toContain(kind);
    else expect([address, kind]).toEqual([address, "public"]);
    const hex = numbers.map((number) => number.toString(16).padStart(2, "0")).join("");
    const groups = `${hex.slice(0, 4)}:${hex.slice(4)}`;
    expect([classifyAddress(`::ffff:${address}`), classifyAddress(`[::ffff:${groups}]`)]).toEqual([kind, kind]);
    for (const wrapped of [`64:ff9b::${groups}`, `2002:${groups}::1`, `::1:${groups}`]) {
      expect([wrapped, classifyAddress(wrapped)]).toEqual([wrapped, "forbidden"]);
    }
  }
});

test("loopback is what it is called, not what begins so", () => {
  for (const host of ["localhost", "127.0.0.1", "::1", "[::1]", "::ffff:127.0.0.1"])
    expect(isLoopback(host)).toBe(true);
  for (const host of ["localhost.", "127.0.0.1.x", "128.0.0.1", "::", "0.0.0.0", "::ffff:10.0.0.1", "a127.0.0.1", ""]) {
    expect(isLoopback(host)).toBe(false);
  }
});

test("a token matches whole, by the Bearer scheme", () => {
  expect(hasBearerToken("Bearer abc", "abc")).toBe(true);
  expect(hasBearerToken("bearer  abc ", "abc")).toBe(true);
  for (const header of [
    null,
    "",
    "abc",
    "Bearer",
    "Bearer ab",
    "Bearer abcd",
    "Basic abc",
    "Bearer abc d",
    "Bearer  ",
  ]) {
    expect(hasBearerToken(header, "abc")).toBe(false);
  }
  expect(hasBearerToken("Bearer ", "")).toBe(false);
});

test.each(["http://q27.0.0.1/mcp", "http://127.0.0.1:99999/", "http://[::/"])(
  "a request whose Host header and target make no address (%s) is refused by its Host",
  (url) => expect(knock({ host: "localhost" }, {}, url)).toBe("Host"),
);
