// A weekly meeting: one occurrence moved, one cancelled, one answered differently, then the series ends.
const {
  Appointment, AppointmentType, ConflictResolutionMode, DayOfTheWeek, DeleteMode, MeetingCancellation, MeetingRequest,
  MeetingResponseType, MessageBody, Recurrence, SendCancellationsMode, SendInvitationsMode,
  SendInvitationsOrCancellationsMode,
  address, agenda, at, open, received, tell, told,
} = require("./mailboxes.cjs");

const MARCH = ["2026-03-01T00:00:00", "2026-04-01T00:00:00"];

tell(async () => {
  const organizer = await open("organizer0");
  const attendee = await open("attendee0");
  const starts = async (service) => (await agenda(service, ...MARCH)).map((one) => told(one.Start));

  const series = new Appointment(organizer);
  series.Subject = "Jour fixe";
  series.Body = new MessageBody("As always.");
  series.Start = at("2026-03-02T10:00:00");
  series.End = at("2026-03-02T11:00:00");
  series.RequiredAttendees.Add(address("attendee0"));
  series.Recurrence = new Recurrence.WeeklyPattern(at("2026-03-02T10:00:00"), 1, [DayOfTheWeek.Monday]);
  series.Recurrence.NumberOfOccurrences = 5;
  await series.Save(SendInvitationsMode.SendToAllAndSaveCopy);

  const [request] = await received(attendee, MeetingRequest);
  await request.Accept(true);
  const planned = await starts(attendee);

  const second = await Appointment.BindToOccurrence(organizer, series.Id, 2);
  second.Start = at("2026-03-10T10:00:00");
  second.End = at("2026-03-10T11:00:00");
  second.Subject = "Jour fixe on Tuesday";
  await second.Update(
    ConflictResolutionMode.AlwaysOverwrite,
    SendInvitationsOrCancellationsMode.SendToAllAndSaveCopy,
  );
  const third = await Appointment.BindToOccurrence(organizer, series.Id, 3);
  await third.CancelMeeting("Spring fair.");

  const changed = await starts(attendee);
  const [moved] = (await agenda(attendee, ...MARCH)).filter((one) => one.AppointmentType === AppointmentType.Exception);
  const details = await Appointment.Bind(attendee, moved.Id);
  await (await Appointment.Bind(attendee, (await agenda(attendee, ...MARCH)).at(-1).Id)).Decline(true);

  const master = await Appointment.BindToRecurringMaster(organizer, second.Id);
  const fifth = await Appointment.BindToOccurrence(organizer, series.Id, 5);
  const beyond = await Appointment.BindToOccurrence(organizer, series.Id, 6).catch((problem) => problem.Message);
  const left = await starts(attendee);

  await (await Appointment.Bind(organizer, series.Id)).Delete(
    DeleteMode.MoveToDeletedItems,
    SendCancellationsMode.SendToAllAndSaveCopy,
  );
  const cancellations = await received(attendee, MeetingCancellation);

  return {
    request: [AppointmentType[request.AppointmentType], request.Recurrence.NumberOfOccurrences],
    planned,
    changed,
    moved: [moved.Subject, told(details.OriginalStart), told(details.Start)],
    master: {
      type: AppointmentType[master.AppointmentType],
      occurrences: master.Recurrence.NumberOfOccurrences,
      days: master.Recurrence.DaysOfTheWeek.GetEnumerator().map((day) => DayOfTheWeek[day]),
      first: told(master.FirstOccurrence.Start),
      last: told(master.LastOccurrence.Start),
      modified: master.ModifiedOccurrences.GetEnumerator().map((one) => [told(one.OriginalStart), told(one.Start)]),
      deleted: master.DeletedOccurrences.GetEnumerator().map((one) => told(one.OriginalStart)),
    },
    declined: fifth.RequiredAttendees.GetEnumerator().map((one) => MeetingResponseType[one.ResponseType]),
    beyond,
    left,
    cancellations: cancellations.map((one) => one.Subject),
    ended: await starts(organizer),
  };
});
