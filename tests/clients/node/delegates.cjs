// Somebody may act for somebody else: made a delegate, at work on the other's calendar, and dismissed.
const {
  Appointment, DelegateFolderPermissionLevel, DelegateUser, FolderId, Mailbox, MeetingRequest,
  MeetingRequestsDeliveryScope, SendInvitationsMode, UserId, WellKnownFolderName, CalendarView,
  address, agenda, at, open, received, tell,
} = require("./mailboxes.cjs");

const DAY = ["2026-03-02T00:00:00", "2026-03-03T00:00:00"];

function levels({ DelegateUser: { Permissions } }) {
  const level = (name) => DelegateFolderPermissionLevel[Permissions[`${name}FolderPermissionLevel`]];
  return [level("Calendar"), level("Inbox"), level("Contacts")];
}

tell(async () => {
  const principal = await open("organizer0");
  const assistant = await open("attendee0");
  const own = new Mailbox(address("organizer0"));
  const calendar = new FolderId(WellKnownFolderName.Calendar, own);
  const looked = () => assistant.FindAppointments(calendar, new CalendarView(...DAY.map(at)));

  const before = await looked().then(() => "allowed", (problem) => problem.Message);
  const user = new DelegateUser(address("attendee0"));
  user.Permissions.CalendarFolderPermissionLevel = DelegateFolderPermissionLevel.Editor;
  user.Permissions.InboxFolderPermissionLevel = DelegateFolderPermissionLevel.Reviewer;
  user.ReceiveCopiesOfMeetingMessages = true;
  await principal.AddDelegates(own, MeetingRequestsDeliveryScope.DelegatesAndMe, user);
  const added = await principal.GetDelegates(own, true);
  const [{ DelegateUser: kept }] = added.DelegateUserResponses;

  const meeting = new Appointment(assistant);
  meeting.Subject = "Called for another";
  meeting.Start = at("2026-03-02T10:00:00");
  meeting.End = at("2026-03-02T11:00:00");
  meeting.RequiredAttendees.Add(address("attendee1"));
  await meeting.Save(calendar, SendInvitationsMode.SendToAllAndSaveCopy);
  const [request] = await received(await open("attendee1"), MeetingRequest);
  const { Items } = await looked();

  user.Permissions.InboxFolderPermissionLevel = DelegateFolderPermissionLevel.None;
  await principal.UpdateDelegates(own, MeetingRequestsDeliveryScope.DelegatesOnly, user);
  const updated = await principal.GetDelegates(own, true);
  await principal.RemoveDelegates(own, new UserId(address("attendee0")));
  const removed = await principal.GetDelegates(own, true);

  return {
    before,
    added: {
      scope: MeetingRequestsDeliveryScope[added.MeetingRequestsDeliveryScope],
      who: kept.UserId.PrimarySmtpAddress,
      levels: levels(added.DelegateUserResponses[0]),
      copies: kept.ReceiveCopiesOfMeetingMessages,
      private: kept.ViewPrivateItems,
    },
    request: [request.From.Address, request.Sender.Address, request.Organizer.Address],
    own: [(await agenda(principal, ...DAY)).map((one) => one.Subject), Items.map((one) => one.Subject)],
    updated: [
      MeetingRequestsDeliveryScope[updated.MeetingRequestsDeliveryScope],
      levels(updated.DelegateUserResponses[0]),
    ],
    removed: removed.DelegateUserResponses.length,
    after: await looked().then(() => "allowed", (problem) => problem.Message),
  };
});
