// A calendar is listed page by page, and free times are told and suggested over Graph.
const { PageIterator } = require("@microsoft/microsoft-graph-client");
const { live, meeting, moment, opened } = require("./graph.cjs");

live(async () => {
  const organizer = await opened("organizer0@example.com");
  for (const day of ["02", "03", "04", "05", "06"]) {
    await organizer.api("/me/events").post(meeting(`Day ${day}`, [], day));
  }
  const seen = {};
  const headers = { Prefer: 'outlook.timezone="Romance Standard Time"' };
  const page = await organizer
    .api("/me/calendarView")
    .query({ startDateTime: "2026-03-01T00:00:00Z", endDateTime: "2026-03-08T00:00:00Z" })
    .headers(headers)
    .select("subject,start")
    .orderby("start/dateTime")
    .top(2)
    .get();
  seen.listed = [];
  const note = (event) => seen.listed.push([event.subject, event.start.dateTime]);
  const iterator = new PageIterator(organizer, page, note, { headers });
  await iterator.iterate();
  seen.found = (
    await organizer.api("/me/events").filter("startswith(subject,'Day 0') and subject ne 'Day 02'").count(true).get()
  )["@odata.count"];

  const schedules = ["organizer0@example.com", "attendee0@example.com"];
  const window = [moment("2026-03-02T08:00:00"), moment("2026-03-02T12:00:00")];
  const schedule = await organizer
    .api("/me/calendar/getSchedule")
    .post({ schedules, startTime: window[0], endTime: window[1], availabilityViewInterval: 60 });
  seen.free = schedule.value.map((each) => each.availabilityView);
  const suggested = await organizer.api("/me/findMeetingTimes").post({
    attendees: [{ type: "required", emailAddress: { address: "attendee0@example.com" } }],
    timeConstraint: { timeslots: [{ start: window[0], end: window[1] }] },
    meetingDuration: "PT1H",
  });
  seen.suggested = suggested.meetingTimeSuggestions.map((each) => each.meetingTimeSlot.start.dateTime.slice(11, 16));
  return seen;
});
