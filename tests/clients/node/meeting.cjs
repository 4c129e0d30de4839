// A meeting's whole life: called, answered in three ways, moved, and cancelled.
const {
  Appointment, BodyType, ConflictResolutionMode, FolderView, MeetingCancellation, MeetingRequest, MeetingResponse,
  MeetingResponseType, MessageBody, SendInvitationsMode, SendInvitationsOrCancellationsMode, WellKnownFolderName,
  CalendarFolder,
  address, agenda, at, open, received, tell, told,
} = require("./mailboxes.cjs");

const DAY = ["2026-03-02T00:00:00", "2026-03-03T00:00:00"];

async function answers(service, meeting) {
  const seen = await Appointment.Bind(service, meeting.Id);
  const named = seen.RequiredAttendees.GetEnumerator().map((one) => [one.Address, MeetingResponseType[one.ResponseType]]);
  return Object.fromEntries(named);
}

tell(async () => {
  const organizer = await open("organizer0");
  const attendees = await Promise.all(["attendee0", "attendee1", "attendee2"].map(open));

  const calendar = await CalendarFolder.Bind(organizer, WellKnownFolderName.Calendar);
  const { Folders } = await organizer.FindFolders(WellKnownFolderName.MsgFolderRoot, new FolderView(50));

  const meeting = new Appointment(organizer);
  meeting.Subject = "Budget";
  meeting.Body = new MessageBody(BodyType.Text, "Numbers, please.");
  meeting.Location = "Room 4";
  meeting.Start = at("2026-03-02T10:00:00");
  meeting.End = at("2026-03-02T11:00:00");
  ["attendee0", "attendee1", "attendee2"].forEach((person) => meeting.RequiredAttendees.Add(address(person)));
  await meeting.Save(SendInvitationsMode.SendToAllAndSaveCopy);

  const requests = [];
  for (const attendee of attendees) requests.push(...(await received(attendee, MeetingRequest)));
  const [request] = requests;
  await request.Accept(true);
  await requests[1].AcceptTentatively(true);
  const refusal = requests[2].CreateDeclineMessage();
  refusal.Body = new MessageBody(BodyType.Text, "Not on Mondays.");
  await refusal.SendAndSaveCopy();

  const answered = await answers(organizer, meeting);
  const responses = await received(organizer, MeetingResponse);

  const changed = await Appointment.Bind(organizer, meeting.Id);
  changed.Start = at("2026-03-02T14:00:00");
  changed.End = at("2026-03-02T15:00:00");
  changed.Location = "Room 5";
  await changed.Update(
    ConflictResolutionMode.AlwaysOverwrite,
    SendInvitationsOrCancellationsMode.SendToAllAndSaveCopy,
  );
  const [moved] = await agenda(attendees[0], ...DAY);

  await (await Appointment.Bind(organizer, meeting.Id)).CancelMeeting("Not needed any more.");
  const [cancellation] = await received(attendees[0], MeetingCancellation);
  const [copy] = await agenda(attendees[0], ...DAY);
  await cancellation.RemoveMeetingFromCalendar();

  return {
    calendar: calendar.DisplayName,
    folders: Folders.map((folder) => folder.DisplayName),
    request: {
      from: request.From.Address,
      start: told(request.Start),
      answer: MeetingResponseType[request.MyResponseType],
      isMeeting: request.IsMeeting,
      wasSent: request.MeetingRequestWasSent,
    },
    answered,
    responses: responses.map((response) => [response.Subject, MeetingResponseType[response.ResponseType]]).sort(),
    moved: [told(moved.Start), moved.Location, MeetingResponseType[moved.MyResponseType]],
    cancelled: [cancellation.Subject, copy.Subject, copy.IsCancelled],
    gone: await answers(organizer, meeting).catch((problem) => problem.Message),
    left: (await agenda(attendees[0], ...DAY)).length,
  };
});
