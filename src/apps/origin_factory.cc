#include "apps/origin_factory.h"

#include <utility>

#include "origin/credentials.h"
#include "origin/file_origin.h"
#include "origin/s3_origin.h"

namespace thimble {

Expected<std::unique_ptr<Origin>> MakeOrigin(const boost::asio::any_io_executor& executor,
                                             const OriginSettings& settings) {
  if (settings.kind == OriginSettings::Kind::kFiles) {
    return MakeFileOrigin(settings.file_root, settings.limits);
  }
  const S3Settings& s3 = settings.s3;
  THIMBLE_TRY(Credentials credentials, FindCredentials({.access_key_id = s3.access_key_id,
                                                        .secret_access_key = s3.secret_access_key,
                                                        .session_token = s3.session_token,
                                                        .profile = s3.profile,
                                                        .credentials_file = s3.credentials_file},
                                                       &ProcessEnvironment));
  S3Options options{.location = {.endpoint = s3.endpoint,
                                 .region = s3.region,
                                 .bucket = s3.bucket,
                                 .virtual_host_style = s3.virtual_host_style},
                    .prefix = s3.prefix,
                    .limits = settings.limits};
  return MakeS3Origin(executor, std::move(options), MakeStaticCredentials(std::move(credentials)));
}

}  // namespace thimble
