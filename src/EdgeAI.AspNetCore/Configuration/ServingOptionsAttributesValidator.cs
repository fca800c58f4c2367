using Microsoft.Extensions.Options;

namespace EdgeAI.AspNetCore.Configuration;

[OptionsValidator]
internal sealed partial class ServingOptionsAttributesValidator : IValidateOptions<ServingOptions>;
