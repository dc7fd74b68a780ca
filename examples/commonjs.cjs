// CommonJS: Node requires ES modules from 20.19, and from 22.12, on.
const { createOnSync, fetchTransport } = require("onsync");

const onsync = createOnSync({
  apiKey: process.env.ONSYNC_API_KEY,
  baseUrl: process.env.ONSYNC_BASE_URL,
  transport: fetchTransport(fetch),
});

onsync.contacts.save({ phone: "+971500000000", firstName: "Sara" }).then((contact) => {
  console.log("saved", contact.phone);
});
