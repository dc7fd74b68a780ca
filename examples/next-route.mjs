// A route handler of Next (app/webhooks/route.js), on either of its runtimes.
import { createVerifier } from "onsync/verify";

// Made with the first request: a build has no secret.
let verify;

export async function POST(request) {
  verify ??= createVerifier(process.env.ONSYNC_WEBHOOK_SECRET);
  try {
    const event = await verify(request);
    console.log(event.type, event.id);
    return new Response(null, { status: 200 });
  } catch (error) {
    if (error.name !== "SignatureError") throw error;
    return new Response(error.message, { status: 401 });
  }
}
