// Who is free when, and which times would do.
const {
  Appointment, AttendeeInfo, AvailabilityData, AvailabilityOptions, DayOfTheWeek, FreeBusyViewType,
  LegacyFreeBusyStatus, MeetingAttendeeType, SendInvitationsMode, ServiceError, SuggestionQuality, TimeWindow,
  address, at, open, tell, told,
} = require("./mailboxes.cjs");

tell(async () => {
  const organizer = await open("organizer0");
  const busy = new Appointment(organizer);
  busy.Subject = "Budget";
  busy.Start = at("2026-03-02T10:00:00");
  busy.End = at("2026-03-02T11:30:00");
  busy.RequiredAttendees.Add(address("attendee0"));
  await busy.Save(SendInvitationsMode.SendToAllAndSaveCopy);

  const options = new AvailabilityOptions();
  options.MeetingDuration = 60;
  options.MergedFreeBusyInterval = 30;
  options.MaximumSuggestionsPerDay = 4;
  options.RequestedFreeBusyView = FreeBusyViewType.DetailedMerged;
  const everybody = [
    new AttendeeInfo(address("organizer0"), MeetingAttendeeType.Organizer, false),
    new AttendeeInfo(address("attendee0"), MeetingAttendeeType.Required, false),
    new AttendeeInfo(address("nobody"), MeetingAttendeeType.Optional, false),
  ];
  const day = new TimeWindow(at("2026-03-02T00:00:00"), at("2026-03-03T00:00:00"));
  const found = await organizer.GetUserAvailability(
    everybody,
    day,
    AvailabilityData.FreeBusyAndSuggestions,
    options,
  );
  return {
    views: found.AttendeesAvailability.Responses.map((view) => ({
      code: ServiceError[view.ErrorCode],
      events: view.CalendarEvents.map((event) => [
        told(event.StartTime), told(event.EndTime), LegacyFreeBusyStatus[event.FreeBusyStatus], event.Details?.Subject ?? null,
      ]),
      merged: view.MergedFreeBusyStatus.map((status) => LegacyFreeBusyStatus[status][0]).join(""),
      hours: view.WorkingHours && [
        view.WorkingHours.DaysOfTheWeek.map((name) => DayOfTheWeek[name]).join(" "),
        view.WorkingHours.StartTime.toString(),
        view.WorkingHours.EndTime.toString(),
      ],
    })),
    suggestions: found.Suggestions.map((one) => [
      told(one.Date),
      SuggestionQuality[one.Quality],
      one.TimeSuggestions.map((time) => [told(time.MeetingTime), time.IsWorkTime]),
    ]),
  };
});
