// Tests run plugins of their own, also in processes that they start, without asking and without the user's settings.
process.env.CARL_TRUST = '1';
