package io.imageprocessor.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.OrderUtils;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

class AutoConfigurationSwitchTest {

    private static final @Nullable String[] CLASS_NAMES = {"org.feature.A", null, "org.features.B", "org.other.C"};

    private final AutoConfigurationSwitch filter = new FeatureSwitch();

    @Test
    void leavesOutClassesOfUnneededPackages() {
        filter.setEnvironment(new MockEnvironment());

        assertThat(filter.match(CLASS_NAMES, mock())).containsExactly(false, true, true, true);
    }

    @Test
    void keepsAllClassesIfAllPackagesAreNeeded() {
        filter.setEnvironment(new MockEnvironment().withProperty("feature", "on"));

        assertThat(filter.match(CLASS_NAMES, mock())).containsOnly(true);
    }

    @Test
    void subclassesRunBeforeTheFiltersThatLoadClasses() {
        assertThat(OrderUtils.getOrder(FeatureSwitch.class)).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
    }

    private static final class FeatureSwitch extends AutoConfigurationSwitch {

        @Override
        protected List<String> unneededPrefixes(Environment environment) {
            return environment.containsProperty("feature") ? List.of() : List.of("org.feature.");
        }
    }
}
