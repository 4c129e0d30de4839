// What changes in a mailbox: synchronised, fetched by a pull subscription, and streamed.
const {
  Appointment, BasePropertySet, ChangeType, ConflictResolutionMode, DeleteMode, EventType, FolderId, PropertySet,
  SendCancellationsMode, SendInvitationsMode, SendInvitationsOrCancellationsMode, StreamingSubscriptionConnection,
  SyncFolderItemsScope, WellKnownFolderName,
  address, at, open, tell,
} = require("./mailboxes.cjs");

const CALENDAR = new FolderId(WellKnownFolderName.Calendar);
const KINDS = [EventType.Created, EventType.Modified, EventType.Deleted, EventType.Moved, EventType.FreeBusyChanged];

const named = (events) => [...new Set(events.map((event) => EventType[event.EventType]))].sort();

async function changesOf(service, state) {
  const seen = [];
  let more = true;
  while (more) {
    const found = await service.SyncFolderItems(
      CALENDAR, new PropertySet(BasePropertySet.FirstClassProperties), null, 2, SyncFolderItemsScope.NormalItems, state,
    );
    for (const change of found.GetEnumerator()) seen.push(change);
    more = found.MoreChangesAvailable;
    state = found.SyncState;
  }
  return { seen, state };
}

/** Collect what a streaming connection tells until it has told of ``count`` events. */
function listening(service, subscription, count) {
  const connection = new StreamingSubscriptionConnection(service, 1);
  connection.AddSubscription(subscription);
  const events = [];
  const arrived = new Promise((resolve, reject) => {
    connection.OnNotificationEvent.push((_, told) => {
      events.push(...told.Events);
      if (events.length >= count) resolve(named(events));
    });
    connection.OnSubscriptionError.push((_, told) => reject(told.Exception));
  });
  connection.Open().catch(() => {}); // settles only in failure; errors come by the events
  return { connection, arrived };
}

function invite(service, day) {
  const meeting = new Appointment(service);
  meeting.Subject = `Day ${day}`;
  meeting.Start = at(`2026-03-0${day}T10:00:00`);
  meeting.End = at(`2026-03-0${day}T11:00:00`);
  meeting.RequiredAttendees.Add(address("attendee0"));
  return meeting.Save(SendInvitationsMode.SendToAllAndSaveCopy).then(() => meeting);
}

tell(async () => {
  const organizer = await open("organizer0");
  const attendee = await open("attendee0");
  const folders = await attendee.SyncFolderHierarchy(new PropertySet(BasePropertySet.IdOnly), null);

  const empty = await changesOf(attendee, null);
  const pull = await attendee.SubscribeToPullNotifications([CALENDAR], 5, null, ...KINDS);
  const streaming = await attendee.SubscribeToStreamingNotifications([CALENDAR], ...KINDS);
  const { connection, arrived } = listening(attendee, streaming, 1);
  while (!connection.IsOpen) await new Promise((resolve) => setTimeout(resolve, 10));

  const meetings = [];
  for (const day of [2, 3, 4]) meetings.push(await invite(organizer, day));
  const created = await changesOf(attendee, empty.state);
  const pulled = await pull.GetEvents();

  const [first] = meetings;
  first.Location = "Room 5";
  await first.Update(
    ConflictResolutionMode.AlwaysOverwrite,
    SendInvitationsOrCancellationsMode.SendToAllAndSaveCopy,
  );
  const copy = created.seen.map((change) => change.Item).find((item) => item.Subject === "Day 3");
  await (await Appointment.Bind(attendee, copy.Id)).Delete(DeleteMode.HardDelete, SendCancellationsMode.SendToNone);
  const changed = await changesOf(attendee, created.state);
  const after = await pull.GetEvents();
  await pull.Unsubscribe();
  const gone = await pull.GetEvents().catch((problem) => problem.Message);

  const streamed = await arrived;
  connection.Close();
  await streaming.Unsubscribe();

  return {
    folders: folders.Count,
    empty: empty.seen.length,
    created: created.seen.map((change) => [ChangeType[change.ChangeType], change.Item.Subject]),
    changed: changed.seen.map((change) => [ChangeType[change.ChangeType], change.Item?.Location ?? null]),
    pulled: named(pulled.AllEvents),
    after: named(after.AllEvents),
    gone,
    streamed,
  };
});
