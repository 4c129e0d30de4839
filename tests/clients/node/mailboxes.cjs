// Opens mailboxes of the reference server by ews-javascript-api, unmodified, and tells what a workflow saw as JSON.
const ews = require("ews-javascript-api");
const { XhrApi } = require("@ewsjs/xhr");

const [url, password, scheme = "basic", token] = process.argv.slice(2);

async function logIn(service, address) {
  service.Credentials = new ews.WebCredentials(address, password);
  if (scheme === "ntlm") {
    service.XHRApi = new XhrApi().useNtlmAuthentication(address, password);
  } else if (scheme === "bearer") {
    const form = new URLSearchParams({ grant_type: "password", username: address, password });
    const granted = await (await fetch(token, { method: "POST", body: form })).json();
    service.Credentials = new ews.OAuthCredentials(granted.access_token, true);
  }
}

/** The mailbox of a person at example.com. */
async function open(person) {
  const service = new ews.ExchangeService(ews.ExchangeVersion.Exchange2013_SP1, ews.TimeZoneInfo.Utc);
  service.Url = new ews.Uri(url);
  await logIn(service, address(person));
  return service;
}

const address = (person) => `${person}@example.com`;
const at = (text) => ews.DateTime.Parse(`${text}Z`);
const told = (time) => time.ToISOString().slice(0, 16);

/** The items of one class in a folder, with all their first-class properties. */
async function received(service, kind, folder = ews.WellKnownFolderName.Inbox) {
  const { Items } = await service.FindItems(folder, new ews.ItemView(50));
  const wanted = Items.filter((item) => item instanceof kind);
  return Promise.all(wanted.map((item) => kind.Bind(service, item.Id)));
}

/** The appointments from one moment until another. */
async function agenda(service, from, until) {
  const { Items } = await service.FindAppointments(
    ews.WellKnownFolderName.Calendar,
    new ews.CalendarView(at(from), at(until)),
  );
  return Items;
}

/** Run a workflow and print what it tells; a failure ends in the client's own words. */
function tell(workflow) {
  workflow().then(
    (seen) => console.log(JSON.stringify(seen)),
    (problem) => {
      console.error(problem.Message ?? problem.message ?? problem, problem.stack ?? "");
      process.exitCode = 1;
    },
  );
}

module.exports = { ...ews, address, agenda, at, open, password, received, tell, told, url };
