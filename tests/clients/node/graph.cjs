// What the workflows of Graph share: clients, and moments as they are sent.
const { Client } = require("@microsoft/microsoft-graph-client");

const [graph, password, token, authority] = process.argv.slice(2);
const base = graph.replace(/v1\.0$/, "");

async function opened(address) {
  const form = new URLSearchParams({ grant_type: "password", username: address, password, client_id: "tests" });
  const { access_token } = await (await fetch(token, { method: "POST", body: form })).json();
  return openedWith(access_token);
}

function openedWith(accessToken) {
  return Client.init({
    authProvider: (done) => done(null, accessToken),
    baseUrl: base,
    customHosts: new Set([new URL(base).hostname]),
  });
}

const moment = (text) => ({ dateTime: text, timeZone: "UTC" });
const invited = (...addresses) => addresses.map((address) => ({ type: "required", emailAddress: { address } }));

function meeting(subject, attendees = [], day = "02") {
  return {
    subject,
    body: { contentType: "text", content: "Figures, please." },
    start: moment(`2026-03-${day}T10:00:00`),
    end: moment(`2026-03-${day}T11:00:00`),
    location: { displayName: "Room 4" },
    attendees: invited(...attendees),
  };
}

const own = async (client) => (await client.api("/me/events").get()).value[0];
const newest = async (client) => (await client.api("/me/mailFolders/inbox/messages").top(1).get()).value[0];
const answers = (event) =>
  Object.fromEntries(event.attendees.map((each) => [each.emailAddress.address, each.status.response]));

async function code(act) {
  try {
    await act;
  } catch (error) {
    return [error.statusCode, error.code];
  }
  return "nothing was refused";
}

function live(story) {
  story().then(
    (seen) => console.log(JSON.stringify(seen)),
    (error) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}

module.exports = { answers, authority, code, live, meeting, moment, newest, opened, openedWith, own, password };
