/**
 * Who has signed in to the approval page. A session is a cookie that proves itself: nothing is kept, and replicas that share
 * the operator's token know each other's sessions. What a form carries proves that the page itself made it.
 */
import { createHmac } from "node:crypto";
import { isSameToken } from "../../src/http/token.ts";

export type Session = {
  /** As the person has named themselves. */
  name: string;
  /** What every form of this session's pages carries. */
  formToken: string;
};

const cookieName = "onsync_approvals";
const lifetimeSeconds = 12 * 60 * 60;
const maxNameCharacters = 60;

/** Wrong tokens in a minute: after so many nobody is let in until it is over. */
const maxFailures = 20;
const failureWindowMs = 60_000;

export type Sessions = ReturnType<typeof createSessions>;

/** @param token the operator's: whoever has it may approve */
export function createSessions(token: string, now: () => number) {
  const failures: number[] = [];
  const sign = (purpose: string, text: string): string =>
    createHmac("sha256", token).update(`onsync approvals ${purpose} ${text}`).digest("base64url");

  const checkToken = (given: string): "right" | "wrong" | "too many" => {
    const recent = failures.filter((at) => now() - at < failureWindowMs);
    failures.splice(0, failures.length, ...recent);
    if (recent.length >= maxFailures) return "too many";
    if (isSameToken(given, token)) return "right";
    failures.push(now());
    return "wrong";
  };

  return {
    /** @returns the cookie to set; or why not */
    signIn(given: string, name: string, secure: boolean): { cookie: string } | { refused: "wrong" | "too many" } {
      const checked = checkToken(given.trim());
      if (checked !== "right") return { refused: checked };
      const who = name.trim().slice(0, maxNameCharacters) || "the operator";
      const expires = now() + lifetimeSeconds * 1000;
      const content = Buffer.from(JSON.stringify({ who, expires })).toString("base64url");
      return { cookie: formatCookie(`${content}.${sign("session", content)}`, lifetimeSeconds, secure) };
    },

    /** A program that brings the token itself, which no page can make a browser do. @param authorization the header */
    readBearer(authorization: string | undefined): Session | null {
      const [, given] = /^bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
      return given !== undefined && checkToken(given) === "right" ? { name: "the operator", formToken: "" } : null;
    },

    signOut: (secure: boolean): string => formatCookie("", 0, secure),

    /** @param cookies the request's header */
    read(cookies: string | undefined): Session | null {
      const value = cookies
        ?.split(";")
        .map((pair) => pair.trim())
        .find((pair) => pair.startsWith(`${cookieName}=`))
        ?.slice(cookieName.length + 1);
      const [content = "", signature = ""] = value?.split(".") ?? [];
      if (!isSameToken(signature, sign("session", content))) return null;
      const { who, expires } = JSON.parse(Buffer.from(content, "base64url").toString()) as {
        who: string;
        expires: number;
      };
      return now() < expires ? { name: who, formToken: sign("form", content) } : null;
    },
  };
}

/** Lax, so that a link in a chat leads to the page and not to the sign-in each time: a form has a token of its own. */
function formatCookie(value: string, maxAge: number, secure: boolean): string {
  return `${cookieName}=${value}; Path=/approvals; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}
