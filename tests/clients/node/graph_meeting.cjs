// A meeting is called, answered with proposals, moved, passed on and called off over Graph.
const { answers, code, live, meeting, moment, newest, opened, own } = require("./graph.cjs");

live(async () => {
  const organizer = await opened("organizer0@example.com");
  const [comes, wavers, stays, fresh] = await Promise.all(
    [0, 1, 2, 3].map((number) => opened(`attendee${number}@example.com`)),
  );
  const seen = {};
  const called = await organizer
    .api("/me/events")
    .post(meeting("Budget", ["attendee0@example.com", "attendee1@example.com", "attendee2@example.com"]));
  seen.called = [called.isOrganizer, called.responseStatus.response];
  const request = await newest(comes);
  seen.request = [request["@odata.type"], request.meetingMessageType];

  const copy = await own(comes);
  const slot = (day, hour) => ({ start: moment(`${day}T${hour}:00:00`), end: moment(`${day}T${hour + 1}:00:00`) });
  await comes.api(`/me/events/${copy.id}/accept`).post({ comment: "Yes.", sendResponse: true });
  await wavers
    .api(`/me/events/${(await own(wavers)).id}/tentativelyAccept`)
    .post({ comment: "Later?", sendResponse: true, proposedNewTime: slot("2026-03-02", 14) });
  await stays
    .api(`/me/events/${(await own(stays)).id}/decline`)
    .post({ comment: "Tomorrow?", sendResponse: true, proposedNewTime: slot("2026-03-03", 10) });
  const answered = await organizer.api(`/me/events/${called.id}`).get();
  seen.answered = answers(answered);
  seen.proposed = answered.attendees.filter((each) => each.proposedNewTime).map((each) => each.proposedNewTime.start);
  seen.responses = (await organizer.api("/me/mailFolders/inbox/messages").select("subject").get()).value.map(
    (message) => message.subject,
  );

  const { start, end } = slot("2026-03-02", 14);
  const moved = await organizer.api(`/me/events/${called.id}`).patch({ start, end });
  seen.moved = [moved.start.dateTime, ...new Set(Object.values(answers(moved)))];
  seen.update = (await newest(comes)).previousStartDateTime;

  const toRecipients = [{ emailAddress: { address: "attendee3@example.com" } }];
  await comes.api(`/me/events/${copy.id}/forward`).post({ comment: "For you, too.", toRecipients });
  seen.forwarded = (await own(fresh)).subject;

  seen.refused = [
    await code(comes.api(`/me/events/${copy.id}/cancel`).post({})),
    await code(organizer.api(`/me/events/${called.id}/accept`).post({})),
  ];
  await organizer.api(`/me/events/${called.id}/cancel`).post({ comment: "Not needed." });
  seen.cancelled = [(await own(comes)).isCancelled, (await newest(comes)).meetingMessageType];
  await comes.api(`/me/events/${copy.id}`).delete();
  seen.left = (await comes.api("/me/events").get()).value.length;
  return seen;
});
