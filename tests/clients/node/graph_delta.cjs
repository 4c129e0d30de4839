// The changes of a calendar are followed round by round over Graph.
const { live, meeting, opened } = require("./graph.cjs");

live(async () => {
  const organizer = await opened("organizer0@example.com");
  const kept = await organizer.api("/me/events").post(meeting("Kept"));
  const gone = await organizer.api("/me/events").post(meeting("Gone", [], "03"));
  const seen = {};

  async function round(page) {
    const events = [...page.value];
    while (page["@odata.nextLink"]) {
      page = await organizer.api(page["@odata.nextLink"]).get();
      events.push(...page.value);
    }
    return [events, page["@odata.deltaLink"]];
  }

  const window = { startDateTime: "2026-03-01T00:00:00Z", endDateTime: "2026-03-08T00:00:00Z" };
  const first = organizer.api("/me/calendarView/delta").query(window).header("Prefer", "odata.maxpagesize=1");
  let [events, link] = await round(await first.get());
  seen.first = events.map((event) => event.subject).sort();
  await organizer.api(`/me/events/${gone.id}`).delete();
  await organizer.api(`/me/events/${kept.id}`).patch({ subject: "Changed" });
  [events, link] = await round(await organizer.api(link).get());
  seen.changed = events.filter((event) => event.id === kept.id).map((event) => event.subject);
  seen.removed = events.filter((event) => event.id === gone.id).map((event) => event["@removed"].reason);
  [events, link] = await round(await organizer.api(link).get());
  seen.quiet = events.length;
  return seen;
});
