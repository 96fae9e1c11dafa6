from django.urls import path

from apps.accounts.views import calendars, door, me, settings, teams, tokens, users

app_name = "accounts"

urlpatterns = [
    path("login/", door.login, name="login"),
    path("logout/", door.logout, name="logout"),
    path("password/", door.forgotten_password, name="forgotten-password"),
    path("password/<str:link>/", door.take_password, name="take-password"),
    path("settings/", settings.settings, name="settings"),
    path("settings/me/language/", me.choose_language, name="choose-language"),
    path("settings/me/password/", me.change_password, name="change-password"),
    path("settings/me/logins/", me.logins, name="logins"),
    path("settings/me/logins/end-others/", me.end_other_logins, name="end-other-logins"),
    path("settings/logins/<uuid:login_id>/end/", me.end_login, name="end-login"),
    path("settings/fiscal-year/", settings.start_fiscal_year, name="start-fiscal-year"),
    path("settings/users/", users.users, name="users"),
    path("settings/users/add/", users.add_user, name="add-user"),
    path("settings/users/<uuid:user_id>/", users.user, name="user"),
    path("settings/users/<uuid:user_id>/change/", users.change_user, name="change-user"),
    path("settings/users/<uuid:user_id>/password/", users.set_password, name="set-password"),
    path("settings/users/<uuid:user_id>/offer-password/", users.offer_password, name="offer-password"),
    path("settings/users/<uuid:user_id>/team/", users.move_to_team, name="move-to-team"),
    path("settings/users/<uuid:user_id>/grade/", users.give_grade, name="give-grade"),
    path("settings/users/<uuid:user_id>/deactivate/", users.deactivate_user, name="deactivate-user"),
    path("settings/users/<uuid:user_id>/reactivate/", users.reactivate_user, name="reactivate-user"),
    path("settings/teams/", teams.teams, name="teams"),
    path("settings/teams/add/", teams.add_team, name="add-team"),
    path("settings/teams/<uuid:team_id>/", teams.change_team, name="change-team"),
    path("settings/teams/<uuid:team_id>/remove/", teams.remove_team, name="remove-team"),
    path("settings/calendar/", calendars.calendar, name="calendar"),
    path("settings/calendar/set/", calendars.set_working_time, name="set-working-time"),
    path("settings/calendar/<uuid:team_id>/", calendars.calendar, name="team-calendar"),
    path("settings/calendar/<uuid:team_id>/set/", calendars.set_working_time, name="set-team-working-time"),
    path(
        "settings/calendar/<uuid:team_id>/drop/",
        calendars.follow_company_calendar,
        name="follow-company-calendar",
    ),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/make/", tokens.make_token, name="make-token"),
    path("settings/tokens/<uuid:token_id>/revoke/", tokens.revoke_token, name="revoke-token"),
]
