using EdgeAI.Configuration;
using Microsoft.Extensions.Options;

namespace EdgeAI.DependencyInjection;

[OptionsValidator]
internal sealed partial class EdgeAIOptionsAttributesValidator : IValidateOptions<EdgeAIOptions>;
