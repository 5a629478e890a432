/** Passwords of ten or more characters that every guessing list starts with, lower case. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `1234567890 12345678910 123456789a 0123456789 0987654321 9876543210 1q2w3e4r5t 1qaz2wsx3edc q1w2e3r4t5 q1w2e3r4t5y6
   qwertyuiop qwerty12345 qwerty123456 qwerty1234 qwertyuiop123 asdfghjkl1 asdfghjkl; zxcvbnm123 zxcvbnm1234 1qazxsw2
   password12 password123 password1234 password12345 password1! password123! passw0rd123 p@ssw0rd123 p@ssword123
   passwordpassword mypassword mypassword1 newpassword newpassword1 changeme123 changemenow letmein123 letmein1234
   welcome123 welcome1234 welcome2024 welcome2025 welcome2026 iloveyou12 iloveyou123 iloveyou1234 sunshine12 sunshine123
   princess12 princess123 football12 football123 baseball12 baseball123 basketball superman12 superman123 batman1234
   starwars12 starwars123 pokemon123 dragon1234 monkey1234 shadow1234 master1234 michael123 jordan1234 hunter1234
   liverpool1 liverpool123 chelsea123 arsenal123 manchester barcelona1 barcelona123 realmadrid juventus123 abcd123456
   abc1234567 abcdefghij abcdefghijk abcdef1234 a123456789 aa12345678 a1b2c3d4e5 aaaaaaaaaa 1111111111 0000000000
   1212121212 1231231230 1122334455 147258369a 123qwe123qwe qwe123qwe123 qweasdzxc1 qweasdzxc123 1234qwerasdf
   administrator admin12345 admin123456 administrator1 rootroot12 root123456 testtest12 test123456 testing123
   testpassword secret1234 secretpassword trustno1trustno1 computer12 computer123 internet12 internet123 samsung123
   google1234 facebook12 facebook123 linkedin12 linkedin123 microsoft1 windows123 charlie123 michelle12 jennifer12
   jessica123 ashley1234 daniel1234 thomas1234 nicole1234 matthew123 anthony123 whatever12 whatever123 freedom123
   happy12345 cheese1234 summer2024 summer2025 summer2026 winter2024 winter2025 winter2026 spring2025 spring2026
   autumn2025 autumn2026 godisgreat jesuschrist jesus12345 blessed123 forever123 iloveyou2 loveyou123 myspace123
   correcthorsebatterystaple qazwsxedcrfv qazwsx1234 zaqwsxcderfv zaq12wsxcde3 !qaz2wsx#edc 1q2w3e4r5t6y 123456abcdef`
    .split(/\s+/)
    .filter((one) => one.length > 0),
);
