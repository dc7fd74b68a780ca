// A Cloudflare Worker, without its compatibility with Node: verifies a webhook, and counts what was said before.
import { createOnSync, fetchTransport } from "onsync";
import { createVerifier } from "onsync/verify";

export default {
  async fetch(request, env) {
    const verify = createVerifier(env.ONSYNC_WEBHOOK_SECRET);
    let event;
    try {
      event = await verify(request);
    } catch (error) {
      if (error.name !== "SignatureError") throw error;
      return new Response(error.message, { status: 401 });
    }
    if (event.type !== "message.created") return new Response(null, { status: 200 });
    const onsync = createOnSync({
      apiKey: env.ONSYNC_API_KEY,
      baseUrl: env.ONSYNC_BASE_URL,
      transport: fetchTransport((outgoing) => fetch(outgoing)),
    });
    const { data } = await onsync.messages.list(event.data.conversationId);
    return Response.json({ messages: data.length });
  },
};
