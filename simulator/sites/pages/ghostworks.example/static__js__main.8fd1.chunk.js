(function () {
  var root = document.getElementById("root");
  var company = {
    name: "Ghostworks",
    legal: "Ghostworks B.V.",
    what: "Night-time stock counting for supermarkets.",
    street: "Kade van Nacht 45",
    place: "3011 AB Rotterdam",
    phone: "010 555 0123",
    mail: ["info", "ghostworks.example"].join("@"),
    register: "KvK 24123456",
    since: "Sinds 2008, 28 medewerkers."
  };
  document.title = company.name + " | " + company.what;
  var lines = [company.legal, company.street, company.place, "Tel. " + company.phone, company.register];
  root.innerHTML =
    "<h1>" + company.name + "</h1><p>" + company.what + "</p><p>" + company.since + "</p>" +
    "<footer><p>" + lines.join("<br>") + "</p><p><a href='mailto:" + company.mail + "'>" + company.mail + "</a></p></footer>";
})();
