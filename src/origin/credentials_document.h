// What services that hand out keys answer, as values: JSON from agents and metadata services, XML
// from STS.
//
// Pure. The text is the network's: errors tell of it only names, letters and digits.
// Errors: kOriginFailed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "origin/credentials.h"

namespace thimble {

// {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}; the last two may be missing, and a
// "Code" other than "Success" is an error.
Expected<Credentials> CredentialsFromJson(std::string_view text);

// The <Credentials> element of an answer from STS.
Expected<Credentials> CredentialsFromStsXml(std::string_view xml);

// The text of the first element of this name, which must hold no elements and no escapes; empty
// where there is none. Keys and error codes never need escapes.
std::string_view XmlText(std::string_view xml, std::string_view element);

// A word that may be shown in a log: letters and digits, at most 64; else empty.
std::string_view PlainWord(std::string_view text);

// "2026-11-26T20:04:10Z", with or without a fraction; nothing for anything else.
std::optional<WallTime> TimeFromIso8601(std::string_view text);

}  // namespace thimble
