#include <webp/decode.h>

#include "runtime/host/image.h"

namespace plx::host {

Image decode_webp(std::string_view bytes) {
  auto *data = reinterpret_cast<const uint8_t *>(bytes.data());
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(data, bytes.size(), &features) != VP8_STATUS_OK)
    throw Failure("its header is not valid");
  if (features.has_animation) throw Failure("it is an animation");
  Image image = Image::of(features.width, features.height);
  if (WebPDecodeRGBInto(data, bytes.size(), image.rgb.data(), image.rgb.size(),
                        static_cast<int>(image.width) * 3) == nullptr)
    throw Failure("its data are not valid");
  return image;
}

}  // namespace plx::host
