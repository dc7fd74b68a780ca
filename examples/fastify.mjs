// A webhook endpoint with Fastify, whose parser of JSON gives way to one that keeps the bytes.
import Fastify from "fastify";
import { createVerifier } from "onsync/verify";

const verify = createVerifier(process.env.ONSYNC_WEBHOOK_SECRET);
const app = Fastify();

app.register(async (webhooks) => {
  webhooks.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  webhooks.post("/webhooks", async (request, reply) => {
    try {
      const event = await verify(request.body, request.headers["x-onsync-signature"]);
      console.log(event.type, event.id);
      return reply.code(200).send();
    } catch (error) {
      if (error.name !== "SignatureError") throw error;
      return reply.code(401).send(error.message);
    }
  });
});

await app.listen({ port: Number(process.env.PORT) });
console.log("listening");
