// A listener proves itself, is told of changes until the subscription ends, and a delta round tells of them, too.
const http = require("node:http");
const { code, live, meeting, opened } = require("./graph.cjs");

const told = [];
let proofs = 0;

const server = http.createServer((request, response) => {
  const token = new URL(request.url, "http://host.example").searchParams.get("validationToken");
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    if (token === null) told.push(...JSON.parse(body).value);
    else proofs += 1;
    response.writeHead(token === null ? 202 : 200, { "Content-Type": "text/plain" }).end(token ?? "");
  });
});

async function notified(changeType) {
  for (let tries = 0; tries < 1000; tries += 1) {
    const found = told.find((each) => each.changeType === changeType);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing was ${changeType}: ${JSON.stringify(told)}`);
}

live(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await changes(`http://127.0.0.1:${server.address().port}/changes`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

async function changes(notificationUrl) {
  const organizer = await opened("organizer0@example.com");
  const seen = {};
  const inAnHour = new Date(Date.now() + 3600e3).toISOString();
  const subscription = await organizer.api("/subscriptions").post({
    changeType: "created,updated,deleted",
    notificationUrl,
    resource: "me/events",
    expirationDateTime: inAnHour,
    clientState: "ours",
  });
  const event = await organizer.api("/me/events").post(meeting("Budget", ["attendee0@example.com"]));
  const created = await notified("created");
  seen.created = [created.clientState, created.resourceData.id === event.id, created.subscriptionId === subscription.id];
  await organizer.api(`/me/events/${event.id}`).patch({ subject: "Changed" });
  seen.updated = (await notified("updated")).resourceData["@odata.type"];
  const renewed = await organizer
    .api(`/subscriptions/${subscription.id}`)
    .patch({ expirationDateTime: new Date(Date.now() + 7200e3).toISOString() });
  seen.renewed = renewed.expirationDateTime > subscription.expirationDateTime;
  await organizer.api(`/me/events/${event.id}`).delete();
  seen.deleted = (await notified("deleted")).changeType;
  await organizer.api(`/subscriptions/${subscription.id}`).delete();
  seen.ended = await code(organizer.api(`/subscriptions/${subscription.id}`).get());
  seen.proofs = proofs;
  return seen;
}
