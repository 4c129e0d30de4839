// An appointment gets files and an item attached before others are invited to it; they open them, one goes again.
const {
  Appointment, BodyType, ConflictResolutionMode, EmailMessage, FileAttachment, MeetingRequest, MessageBody,
  SendInvitationsMode, SendInvitationsOrCancellationsMode,
  address, agenda, at, open, received, tell,
} = require("./mailboxes.cjs");

async function opened(item) {
  const ids = item.Attachments.GetEnumerator().map((one) => one.Id);
  const { Responses } = await item.Service.GetAttachments(ids, BodyType.Text, []);
  const contents = Responses.map(({ Attachment: one }) =>
    one instanceof FileAttachment
      ? [one.Name, one.ContentType, Buffer.from(one.Base64Content, "base64").toString()]
      : [one.Name, one.Item.constructor.name, one.Item.Subject],
  );
  return contents.sort();
}

tell(async () => {
  const organizer = await open("organizer0");
  const attendee = await open("attendee0");

  const meeting = new Appointment(organizer);
  meeting.Subject = "Budget";
  meeting.Start = at("2026-03-02T10:00:00");
  meeting.End = at("2026-03-02T11:00:00");
  await meeting.Save(SendInvitationsMode.SendToNone);

  const draft = await Appointment.Bind(organizer, meeting.Id);
  const agendaFile = draft.Attachments.AddFileAttachment("agenda.txt", Buffer.from("First, second").toString("base64"));
  agendaFile.ContentType = "text/plain";
  draft.Attachments.AddFileAttachment("draft.txt", Buffer.from("Unfinished").toString("base64"));
  const note = draft.Attachments.AddItemAttachment(EmailMessage, "Message");
  note.Name = "Note";
  note.Item.Subject = "Inner";
  note.Item.Body = new MessageBody("Text");
  await draft.Update(ConflictResolutionMode.AlwaysOverwrite, SendInvitationsOrCancellationsMode.SendToNone);

  const attached = await Appointment.Bind(organizer, meeting.Id);
  const before = await opened(attached);
  const unfinished = attached.Attachments.GetEnumerator().find((one) => one.Name === "draft.txt");
  attached.Attachments.Remove(unfinished);
  await attached.Update(ConflictResolutionMode.AlwaysOverwrite, SendInvitationsOrCancellationsMode.SendToNone);

  attached.RequiredAttendees.Add(address("attendee0"));
  await attached.Update(ConflictResolutionMode.AlwaysOverwrite, SendInvitationsOrCancellationsMode.SendToAllAndSaveCopy);

  const [request] = await received(attendee, MeetingRequest);
  const [shown] = await agenda(attendee, "2026-03-02T00:00:00", "2026-03-03T00:00:00");
  const copy = await Appointment.Bind(attendee, shown.Id);
  return {
    before,
    has: [attached.HasAttachments, request.HasAttachments, copy.HasAttachments],
    request: await opened(request),
    copy: await opened(copy),
  };
});
