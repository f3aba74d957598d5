// users.json: e-mail addresses through three schema versions. Ask for user-123 on 1 December 2023.
fromCategory('user')
  .foreachStream()
  .when({
    $init: () => ({ email: null, email_changes: 0, password_resets: 0 }),
    UserCreated(s, e) {
      s.email = e.data.email;
    },
    EmailChanged(s, e) {
      s.email = e.data.new;
      s.email_changes += 1;
    },
    EmailCorrected(s, e) {
      s.email = e.data.new;
    },
    PasswordReset(s, e) {
      if (e.data.reset !== undefined) s.password_resets += 1;
    },
  });
